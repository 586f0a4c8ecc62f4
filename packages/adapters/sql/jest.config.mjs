import { packageTests } from '../../../tools/jest/package-tests.mjs';

export default packageTests({ name: '@markitect/adapter-sql', lines: 80 });
