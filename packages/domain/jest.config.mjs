import { packageTests } from '../../jest/preset.mjs';

export default packageTests({ name: '@markitect/domain', lines: 95 });
