import { packageTests } from '../../../jest/preset.mjs';

export default packageTests({ name: '@markitect/adapter-sql', lines: 80 });
