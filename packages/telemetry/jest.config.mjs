import { packageTests } from '../../jest/preset.mjs';

export default packageTests({ name: '@markitect/telemetry', lines: 80 });
