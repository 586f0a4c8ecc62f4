import { packageTests } from '../../jest/preset.mjs';

export default packageTests({ name: '@markitect/connections', lines: 80 });
