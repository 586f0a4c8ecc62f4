import { packageTests } from '../../tools/jest/package-tests.mjs';

export default packageTests({ name: '@markitect/domain', lines: 95 });
