import { packageTests } from '../../../jest/preset.mjs';

export default packageTests({ name: '@markitect/adapter-legacy', lines: 80 });
