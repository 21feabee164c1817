import { searchTrace } from './testing/traces';
import { groupBySpan, readLogLines } from './log-lines';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const line = (entry: object, pod = 'rag-search-0'): string => JSON.stringify({ pod, line: entry });

test('the lines of a trace are those with its id, in order', () => {
  const text = [
    line({ msg: 'one', trace_id: ID, span_id: 'c' }),
    line({ msg: 'other', trace_id: ID.replace('4', '5') }),
    line({ msg: `talks of ${ID}` }),
    line({ msg: 'two', trace_id: ID }, 'gateway-0'),
    `{"pod":"x","line":{"msg":"cut off","trace_id":"${ID}`,
    `{"pod":"x","line":"text with ${ID}"}`,
    '',
  ].join('\n');
  expect(readLogLines(text, ID)).toEqual([
    { pod: 'rag-search-0', spanId: 'c', entry: { msg: 'one', trace_id: ID } },
    { pod: 'gateway-0', spanId: undefined, entry: { msg: 'two', trace_id: ID } },
  ]);
});

test('lines are grouped by span, and lines without a span are kept', () => {
  const { spans } = searchTrace();
  const lines = ['c', 'gone', 'c', undefined].map((spanId, index) => ({ pod: 'p', spanId, entry: { index } }));
  const { ofSpans, rest } = groupBySpan(lines, spans);
  expect([...ofSpans].map(([{ id }, own]) => [id, own.map(({ entry }) => entry['index'])])).toEqual([['c', [0, 2]]]);
  expect(rest.map(({ entry }) => entry['index'])).toEqual([1, 3]);
});
