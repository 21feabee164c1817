import * as z from 'zod';
import { BASE_CONFIG, readConfig } from './config';
import { STORE_CONFIG } from '../mongo/store-address';

test('every setting has a default that is safe on a laptop', () => {
  expect(readConfig(BASE_CONFIG, {})).toMatchObject({
    GRPC_ADDRESS: '127.0.0.1',
    GRPC_PORT: 50_051,
    HTTP_ADDRESS: '127.0.0.1',
    HTTP_PORT: 8080,
    LOG_LEVEL: 'info',
  });
});

test('numbers are read as numbers', () => {
  expect(readConfig(BASE_CONFIG, { GRPC_PORT: '0', DRAIN_DELAY_MS: '250' })).toMatchObject({
    GRPC_PORT: 0,
    DRAIN_DELAY_MS: 250,
  });
});

test.each([
  ['GRPC_PORT', 'abc', 'GRPC_PORT must be a port from 0 to 65535, not "abc"'],
  ['GRPC_PORT', '65536', 'GRPC_PORT must be a port from 0 to 65535, not "65536"'],
  ['GRPC_PORT', '', 'GRPC_PORT must be a port from 0 to 65535, not ""'],
  ['GRPC_PORT', '0x10', 'GRPC_PORT must be a port from 0 to 65535, not "0x10"'],
  ['HTTP_PORT', '-1', 'HTTP_PORT must be a port from 0 to 65535, not "-1"'],
  ['HTTP_PORT', '80.5', 'HTTP_PORT must be a port from 0 to 65535, not "80.5"'],
  ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, not "loud"'],
  ['DRAIN_TIMEOUT_MS', 'soon', 'DRAIN_TIMEOUT_MS must be a number of milliseconds, not "soon"'],
  ['GRPC_ADDRESS', '', 'GRPC_ADDRESS must be an address, not ""'],
])('%s=%s is refused with a sentence', (name, value, sentence) => {
  expect(() => readConfig(BASE_CONFIG, { [name]: value })).toThrow(sentence);
});

test('all faults come in one message, a line each', () => {
  const schema = BASE_CONFIG.and(STORE_CONFIG).and(z.object({ OWN: z.string({ error: 'a text' }) }));
  const read = () => readConfig(schema, { GRPC_PORT: 'x', LOG_LEVEL: 'y' });
  expect(read).toThrow(
    [
      'the environment is wrong:',
      '  GRPC_PORT must be a port from 0 to 65535, not "x"',
      '  LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, not "y"',
      '  MONGO_URI is missing; set it to a connection string, for example mongodb://localhost:27017, ' +
        'or MONGO_URI_FILE to the path of a file that has one',
      '  OWN is missing; set it to a text',
    ].join('\n'),
  );
});
