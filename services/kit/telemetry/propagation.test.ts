import { spanContextOf } from './propagation';

const trace = '0af7651916cd43dd8448eb211c80319c';

test.each([
  [`00-${trace}-b7ad6b7169203331-01`, trace],
  [`cc-${trace}-b7ad6b7169203331-01-of-a-later-version`, trace],
  [`00-${trace.toUpperCase()}-b7ad6b7169203331-01`, undefined],
  [`00-${trace.slice(1)}-b7ad6b7169203331-01`, undefined],
  [`00-${trace}-b7ad6b716920333-01`, undefined],
  [trace, undefined],
  ['', undefined],
  [undefined, undefined],
])('the trace of "%s" is %s', (traceparent, id) => {
  expect(spanContextOf(traceparent)?.traceId).toBe(id);
});
