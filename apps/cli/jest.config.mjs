import { packageTests } from '../../jest/preset.mjs';

export default packageTests({ name: 'markitect', lines: 80 });
