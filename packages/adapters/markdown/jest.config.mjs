import { packageTests } from '../../../jest/preset.mjs';

export default packageTests({ name: '@markitect/adapter-markdown', lines: 80 });
