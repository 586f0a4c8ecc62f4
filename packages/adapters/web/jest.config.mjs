import { packageTests } from '../../../jest/preset.mjs';

export default packageTests({ name: '@markitect/adapter-web', lines: 80 });
