import { packageTests } from '../../tools/jest/package-tests.mjs';

export default packageTests({ name: '@markitect/testing', lines: 80 });
