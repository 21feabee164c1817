import { run } from '../../runtime/run';
import { Echo } from '../echo';
import { defineService } from '../../declaration';
import { idleHandlers } from './patient-echo';

// A service that prepares its store in many steps before it serves, and has a bug in them if it is told to.

const service = defineService({ name: 'preparing', serves: Echo, store: 'mongodb' });

run(service, async ({ mongo, log }) => {
  for (let step = 0; step < 20; step += 1) {
    await mongo.collection('steps').createIndexes([{ key: { [`step${step}`]: 1 } }]);
    await mongo.collection('steps').updateOne({ step }, { $set: { step } }, { upsert: true });
    log.info({ step }, 'step');
  }
  if (process.env['BUG'] !== undefined) throw new Error('the seed file has a user without a name');
  return idleHandlers;
});
