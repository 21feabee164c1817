import { setTimeout as sleep } from 'node:timers/promises';
import { rootCall } from '../../protocol/call';
import { connect } from '../../client/client';
import type { Message } from '../echo';
import { answerQuestions } from './answers';
import { watchMemory } from './memory';
import { callPatientEcho } from './patient-echo';

// A caller that sends much, or reads slowly.

const TARGET = process.env['ECHO_GRPC_URL'] ?? '';
const TEXT = 64 * 1024;
const AT_ONCE = 100;
const RESETS = 500;

const memory = watchMemory();
const { client } = connect(callPatientEcho, TARGET);
const context = () => rootCall({ timeout: '5m' });

answerQuestions({
  restart: memory.restart,
  memory: memory.read,
  read: () => read(8_000, 20e6),
  send: () => send(1_600),
  leave: () => leave(2_000),
});

/** Reads a number of replies no faster than so many bytes a second. @returns the bytes */
async function read(count: number, rate: number): Promise<number> {
  const started = performance.now();
  let bytes = 0;
  for await (const { text } of client.expand({ text: String(TEXT), count }, context())) {
    bytes += text.length;
    const early = (bytes / rate) * 1_000 - (performance.now() - started);
    // Timers are late by a millisecond or two, which would slow it down further.
    if (early > 10) await sleep(early);
  }
  return bytes;
}

/** Sends a number of requests as fast as they are taken. @returns what the callee has read, in bytes */
async function send(count: number): Promise<number> {
  const text = 'x'.repeat(TEXT);
  function* requests(): Generator<Message> {
    for (let index = 0; index < count; index += 1) yield { text };
  }
  return (await client.collect(requests(), context())).count;
}

/**
 * Opens streams of every kind, and leaves each in the middle. They are spread over connections: Node's HTTP/2 closes
 * one on which a client resets more than a thousand streams, and more than 33 a second (CVE-2023-44487).
 *
 * @returns how many
 */
async function leave(streams: number): Promise<number> {
  for (let done = 0; done < streams; done += RESETS) {
    const connection = connect(callPatientEcho, TARGET);
    await Promise.all(Array.from({ length: AT_ONCE }, () => leaveSome(connection.client, RESETS / AT_ONCE)));
    connection.close();
  }
  return streams;
}

async function leaveSome(callee: typeof client, streams: number): Promise<void> {
  for (let done = 0; done < streams; done += 1) await WAYS[done % WAYS.length]?.(callee);
}

const WAYS: ((callee: typeof client) => Promise<unknown>)[] = [
  (callee) => first(callee.expand({ text: '100', count: 1_000_000 }, context())),
  (callee) => first(callee.chat(endless(), context())),
  (callee) => callee.collect(endless(), rootCall({ timeout: '20ms' })).catch(() => undefined),
];

async function first(replies: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of replies) return;
}

async function* endless(): AsyncGenerator<Message> {
  for (;;) {
    yield { text: 'more' };
    await sleep(2);
  }
}
