import { packageTests } from '../../../jest/preset.mjs';

export default packageTests({ name: '@markitect/adapter-sqlite', lines: 80 });
