import { createInterface } from 'node:readline';
import type { Message } from '@bufbuild/protobuf';
import { type Json, parseJson } from '../../../services/kit/json/json-numbers';
import { StatusError } from '../../../services/kit/errors/status-error';
import type { DynamicMethod } from './dynamic-client';

type Reader = Pick<DynamicMethod, 'read' | 'requestType'>;

/**
 * Reads messages from JSON texts, each on demand.
 *
 * @param texts `-` stands for the lines of `input`; empty ones are left out
 * @throws Error that locates the text that is not JSON or has wrong fields, and explains each field
 */
export async function* readMessages(
  texts: readonly string[],
  input: NodeJS.ReadableStream,
  reader: Reader,
): AsyncGenerator<Message> {
  for (const [index, text] of texts.entries()) {
    if (text === '-') yield* readLines(input, reader);
    else yield readMessage(text, texts.length === 1 ? 'the message' : `message ${index + 1}`, reader);
  }
}

async function* readLines(input: NodeJS.ReadableStream, reader: Reader): AsyncGenerator<Message> {
  let number = 0;
  for await (const line of createInterface({ input })) {
    number += 1;
    if (line.trim() !== '') yield readMessage(line, `line ${number} of standard input`, reader);
  }
}

function readMessage(text: string, place: string, { read, requestType }: Reader): Message {
  const json = parse(text, place);
  try {
    return read(json);
  } catch (error) {
    const violations = error instanceof StatusError ? error.details.violations : undefined;
    if (!violations) throw error;
    const faults = violations.map(({ field, description }) => `\n  ${field} ${description}`);
    throw new Error(`${place} does not match ${requestType}:${faults.join('')}`, { cause: error });
  }
}

const SHOWN = 60;

function parse(text: string, place: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
    throw new Error(`${place} is not JSON: ${(error as Error).message}\n  ${shown}`, { cause: error });
  }
}
