import { startTelemetry } from './sdk';

// `node --require ./telemetry.cjs ./user-info.cjs`: instrumentation wraps modules as they are first required.
startTelemetry(process.env);
