import { packageTests } from '../../../jest/preset.mjs';

export default packageTests({ name: '@markitect/adapter-fs', lines: 80 });
