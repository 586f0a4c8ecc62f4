import { packageTests } from '../../../jest/preset.mjs';

export default packageTests({ name: '@markitect/adapter-gitea', lines: 80 });
