import { packageTests } from '../../jest/preset.mjs';

export default packageTests({ name: '@markitect/application', lines: 90 });
