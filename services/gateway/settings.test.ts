import { readConfig } from '../kit/runtime/config';
import { SETTINGS } from './settings';

test('there are defaults', () => {
  expect(readConfig(SETTINGS, {})).toEqual({
    CORS_ORIGINS: [],
    SSE_HEARTBEAT_MS: 15_000,
    DRAIN_TIMEOUT_MS: 10_000,
    LOG_CALLS_PER_SECOND: 100,
  });
});

test.each([
  ['https://app.example.com', ['https://app.example.com']],
  ['https://a.example, http://localhost:3000', ['https://a.example', 'http://localhost:3000']],
  ['https://a.example,', ['https://a.example']],
])('the origins %j are %j', (text, origins) => {
  expect(readConfig(SETTINGS, { CORS_ORIGINS: text }).CORS_ORIGINS).toEqual(origins);
});

test.each([
  ['CORS_ORIGINS', '*', 'origins separated by commas'],
  ['CORS_ORIGINS', 'null', 'origins separated by commas'],
  ['CORS_ORIGINS', 'app.example.com', 'origins separated by commas'],
  ['CORS_ORIGINS', 'https://app.example.com/', 'origins separated by commas'],
  ['CORS_ORIGINS', 'https://app.example.com:443', 'origins separated by commas'],
  ['CORS_ORIGINS', 'https://*.example.com/a', 'origins separated by commas'],
  ['CORS_ORIGINS', 'https://a.example;https://b.example', 'origins separated by commas'],
  ['CORS_ORIGINS', 'ftp://a.example', 'origins separated by commas'],
  ['SSE_HEARTBEAT_MS', '0', 'a number of milliseconds, at least 1'],
  ['SSE_HEARTBEAT_MS', '15s', 'a number of milliseconds, at least 1'],
])('%s cannot be %j', (name, value, fault) => {
  expect(() => readConfig(SETTINGS, { [name]: value })).toThrow(`${name} must be ${fault}`);
});
