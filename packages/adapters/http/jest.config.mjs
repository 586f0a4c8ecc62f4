import { packageTests } from '../../../jest/preset.mjs';

export default packageTests({ name: '@markitect/adapter-http', lines: 80 });
