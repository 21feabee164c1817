import { setTimeout as sleep } from 'node:timers/promises';
import { Echo } from '../echo';
import { run } from '../../runtime/run';
import { defineService } from '../../declaration';
import { answerQuestions } from './answers';

// An echo service that keeps what is said in a database.

const service = defineService({ name: 'echo', serves: Echo, store: 'mongodb' });

let underWay = 0;

answerQuestions({ underWay: () => underWay });

run(service, ({ mongo }) => {
  const said = () => mongo.collection<{ text: string }>('said');
  return {
    // Reads, and where `count` is set writes as well.
    say: async ({ text, count }) => {
      underWay += 1;
      try {
        if (count > 0) await said().insertOne({ text });
        const found = await said().findOne({ text });
        return { text: found?.text ?? 'nobody said so' };
      } finally {
        underWay -= 1;
      }
    },
    collect: async () => ({}),
    // A cursor that is read slowly.
    async *expand() {
      for await (const { text } of said().find({}, { batchSize: 1 })) {
        yield { text };
        await sleep(50);
      }
    },
    chat: () => [],
  };
});
