import { packageTests } from '../../tools/jest/package-tests.mjs';

export default packageTests({ name: '@markitect/telemetry', lines: 80 });
