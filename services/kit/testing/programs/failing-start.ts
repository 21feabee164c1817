import { startService } from '../../runtime/start-service';
import { Echo } from '../echo';
import { defineService } from '../../declaration';
import { callPatientEcho, idleHandlers } from './patient-echo';

// Starts a service that calls another and has a store, where it cannot; then it has nothing left to do, so that Node
// ends it, unless something was left open.

const service = defineService({ name: 'caller', serves: Echo, calls: { echo: callPatientEcho }, store: 'mongodb' });

startService(service, () => idleHandlers, { environment: process.env, signal: new AbortController().signal }).then(
  () => process.stdout.write('started\n'),
  (error: Error) => process.stdout.write(`failed: ${error.message}\n`),
);
process.channel?.unref();
