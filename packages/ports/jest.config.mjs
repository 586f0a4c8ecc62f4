import { packageTests } from '../../jest/preset.mjs';

export default packageTests({ name: '@markitect/ports', lines: 90 });
