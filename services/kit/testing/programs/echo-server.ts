import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../runtime/run';
import { answerQuestions } from './answers';
import { watchMemory } from './memory';
import { patientEcho } from './patient-echo';

// An echo service whose callers say how long it takes and how much it sends.

const memory = watchMemory();
const handlers = { started: 0, ended: 0 };

/** How fast streams of requests are read, in bytes a second; 0 is at once. */
const readRate = Number(process.env['READ_BYTES_PER_SECOND'] ?? 0);

answerQuestions({
  memory: memory.read,
  restart: memory.restart,
  handlers: () => handlers,
  handles: () => process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').length,
});

/** Counts that a handler began and, whatever happens, ended. */
async function counted<T>(work: () => Promise<T>): Promise<T> {
  handlers.started += 1;
  try {
    return await work();
  } finally {
    handlers.ended += 1;
  }
}

async function* countedStream<T>(items: () => AsyncGenerator<T>): AsyncGenerator<T> {
  handlers.started += 1;
  try {
    yield* items();
  } finally {
    handlers.ended += 1;
  }
}

run(patientEcho, () => ({
  // Answers after `count` ms.
  say: ({ text, count }, { signal }) =>
    counted(async () => {
      if (count > 0) await sleep(count, undefined, { signal });
      return { text, count: process.pid };
    }),
  // Answers with the number of bytes.
  collect: (requests) =>
    counted(async () => {
      let bytes = 0;
      for await (const { text } of requests) {
        bytes += text.length;
        if (readRate > 0) await sleep((text.length / readRate) * 1_000);
      }
      return { count: bytes };
    }),
  // Sends `count` texts of as many bytes as `text` says.
  expand: ({ text, count }) =>
    countedStream(async function* () {
      const filling = 'x'.repeat(Number(text));
      for (let index = 0; index < count; index += 1) yield { text: filling, count: index };
    }),
  chat: (requests) =>
    countedStream(async function* () {
      for await (const { text, count } of requests) yield { text, count };
    }),
}));
