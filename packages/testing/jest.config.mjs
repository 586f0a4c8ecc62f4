import { packageTests } from '../../jest/preset.mjs';

export default packageTests({ name: '@markitect/testing', lines: 80 });
