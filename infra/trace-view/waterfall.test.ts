import fc from 'fast-check';
import pc from 'picocolors';
import { widthOf } from '../terminal/width';
import { arbitraryTrace, searchTrace, type TestSpan, traceOf } from './testing/traces';
import { groupBySpan, type LogLine } from './log-lines';
import type { Trace } from './span';
import { formatTrace } from './trace-text';
import { buildTree } from './tree';
import { formatWaterfall, type WaterfallOptions } from './waterfall';

const options = (width: number, more: Partial<WaterfallOptions> = {}): WaterfallOptions => ({
  terminal: { width, colors: pc.createColors(false) },
  collapseFrom: Infinity,
  logs: undefined,
  formatLog: ({ entry }) => String(entry['msg']),
  ...more,
});

const draw = (trace: Trace, width: number, more?: Partial<WaterfallOptions>): string =>
  `\n${formatWaterfall(trace, buildTree(trace), options(width, more)).join('\n')}\n`;

const lines = (count: number): LogLine[] =>
  Array.from({ length: count }, (_, index) => ({ pod: 'rag-search-0', spanId: 'c', entry: { msg: `line ${index}` } }));

const FAILURE: TestSpan[] = [
  {
    id: '12',
    parentId: 'c',
    name: 'weft.pay.v1.PaymentService/Charge',
    service: 'rag-search',
    kind: 'client',
    code: 'DEADLINE_EXCEEDED',
    isError: true,
    message: 'it took too long',
    from: 42,
    to: 46,
    events: [
      { name: 'retry', at: 44e6, attributes: { attempt: 2 } },
      {
        name: 'exception',
        at: 45e6,
        attributes: { 'exception.type': 'Error', 'exception.message': 'no answer', 'exception.stacktrace': 'at x' },
      },
    ],
    links: [{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b' }],
  },
];

describe('a waterfall', () => {
  test('of 80 columns', () => {
    expect(draw(searchTrace(), 80)).toBe(WIDE_80);
  });

  test('of 120 columns', () => {
    expect(draw(searchTrace(), 120)).toBe(WIDE_120);
  });

  test('of 60 columns, with a failure, its events and a link', () => {
    expect(draw(searchTrace(FAILURE), 60)).toBe(WIDE_60);
  });

  test('has log lines below their span', () => {
    const trace = searchTrace();
    const drawn = draw(trace, 80, { logs: groupBySpan(lines(2), trace.spans), formatLog: () => 'first\nsecond' });
    expect(drawn.split('\n').slice(4, 9)).toEqual([
      expect.stringContaining('└ rag-search'),
      '    ┆ first',
      '    ┆   second',
      '    ┆ first',
      '    ┆   second',
    ]);
  });

  test('of 10,000 spans groups similar ones', () => {
    const many = Array.from({ length: 10_000 }, (_, index): TestSpan => {
      const from = 13 + index / 400;
      return {
        id: `s${index}`,
        parentId: index % 2 ? `s${index - 1}` : 'c',
        name: index % 2 ? 'read' : 'score',
        service: 'rag-search',
        from,
        to: from + 0.001,
      };
    });
    const drawn = draw(searchTrace(many), 80, { collapseFrom: 3 });
    expect(drawn).toContain('score × 5000');
    expect(drawn).toContain('└ read × 5000');
    expect(drawn.split('\n')).toHaveLength(12);
  });

  test('of deeply nested spans stays readable', () => {
    const deep = Array.from({ length: 300 }, (_, index): TestSpan => ({
      id: `s${index}`,
      parentId: `s${index - 1}`,
      name: 'call',
      from: 0,
      to: 300 - index,
    }));
    const drawn = draw(traceOf(deep), 60).split('\n');
    expect(drawn[300]).toMatch(/^ +» call +\d/);
  });

  test('of an instant', () => {
    expect(draw(traceOf([{ id: 'a', from: 0, to: 0 }]), 60)).toMatch(/a a {2} {4}0 ns {2}░/);
  });
});

test('no line of any trace is wider than the terminal', () => {
  fc.assert(
    fc.property(
      arbitraryTrace,
      fc.integer({ min: 40, max: 160 }),
      fc.constantFrom(3, Infinity),
      (trace, width, collapseFrom) => {
        const text = formatTrace(
          trace,
          options(width, { collapseFrom, logs: groupBySpan(lines(1), trace.spans), formatLog: () => '字'.repeat(90) }),
        );
        const widest = Math.max(...text.split('\n').map(widthOf));
        expect(widest).toBeLessThanOrEqual(width);
      },
    ),
  );
});

describe('the lines around a waterfall', () => {
  test('are its facts, and the services on the critical path', () => {
    const [id, facts, ...rest] = formatTrace(searchTrace(FAILURE), options(200)).split('\n');
    expect(id).toBe('trace 4bf92f3577b34da6a3ce929d0e0e4736');
    expect(facts).toMatch(
      /^GET \/v1\/rag\/\{rag_code\}\/search · 2026-09-21 .* · 48\.2 ms · 8 spans of 3 services · 1 error$/,
    );
    expect(rest.at(-1)).toBe(
      '█ critical path: rag-search 36.1 ms (75 %) · user-info 7.10 ms (15 %) · gateway 5.00 ms (10 %) · ░ other time',
    );
  });

  test.each<[string, TestSpan[], string]>([
    [
      'a missing parent',
      [
        { id: 'a', from: 0, to: 1 },
        { id: 'b', parentId: 'x', from: 0, to: 1 },
      ],
      'note: the parent of 1 span is missing; it was lost, not sampled, or has not arrived yet',
    ],
    [
      'different clocks',
      [
        { id: 'a', from: 10, to: 20 },
        { id: 'b', parentId: 'a', from: 0, to: 1 },
      ],
      'note: 1 span began before its parent: the clocks of the machines differ',
    ],
    [
      'several roots',
      [
        { id: 'a', from: 0, to: 20 },
        { id: 'b', from: 0, to: 1 },
      ],
      'note: 2 spans have no parent; each is drawn as a root',
    ],
  ])('have a note of %s', (_, spans, note) => {
    expect(formatTrace(traceOf(spans), options(200)).split('\n').at(-1)).toBe(note);
  });

  test('have no note if a command or a browser began the trace', () => {
    expect(formatTrace(searchTrace(), options(200))).not.toContain('note:');
  });

  test('are log lines of missing spans', () => {
    const logs = groupBySpan([{ pod: 'user-info-0', spanId: 'gone', entry: { msg: 'lost' } }], searchTrace().spans);
    expect(formatTrace(searchTrace(), options(200, { logs }))).toMatch(/\nuser-info-0 {2}lost$/);
  });
});

const WIDE_80 = `
                                                      0                  48.2 ms
gateway GET /v1/rag/{rag_code}/search   48.2 ms  200  █░░░░░░░░░░░░░░░░░░░░░░░░█
└ → RagSearchService/Search             45.1 ms  OK   ██░░░░░░░░░░░░░░░░░░░░░░░█
  └ rag-search RagSearchS…vice/Search   43.2 ms  OK    █░░░░░░░░░░░░░░░░░░░░███
    ├ → UserInfoService/GetUserInfo     9.30 ms  OK    █░░░░█
    │ └ user-info UserInfoS…tUserInfo   7.10 ms  OK     █░░██
    │   └ → mongodb.find                4.90 ms         ████
    └ → mongodb.find                    28.4 ms              ████████████████
`;
const WIDE_120 = `
                                                                           0               24.1 ms               48.2 ms
gateway GET /v1/rag/{rag_code}/search                        48.2 ms  200  ██░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░█
└ → weft.rag.v1.RagSearchService/Search                      45.1 ms  OK    ██░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░█
  └ rag-search weft.rag.v1.RagSearchService/Search           43.2 ms  OK     █░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░█████
    ├ → weft.user.v1.UserInfoService/GetUserInfo             9.30 ms  OK      █░░░░░░░█
    │ └ user-info weft.user.v1.UserInfoService/GetUserInfo   7.10 ms  OK       █░░░░██
    │   └ → mongodb.find                                     4.90 ms           ██████
    └ → mongodb.find                                         28.4 ms                   ███████████████████████████
`;
const WIDE_60 = `
                                             0       48.2 ms
gateway GET /v…/search   48.2 ms  200        █░░░░░░░░░░░░░░
└ → RagSearc…ce/Search   45.1 ms  OK         █░░░░░░░░░░░░░░
  └ rag…rch RagS…earch   43.2 ms  OK         █░░░░░░░░░░░░░░
    ├ → UserIn…serInfo   9.30 ms  OK          ░░█
    │ └ us…nfo Use…nfo   7.10 ms  OK          ░░█
    │   └ → mong….find   4.90 ms              ███
    ├ → mongodb.find     28.4 ms                 █████████
    └ → Paymen…/Charge   4.00 ms  DEADLINE…               ██
      ✗ it took too long
      • retry attempt…   44.0 ms                          ◆
      • Error: no ans…   45.0 ms                           ◆
      ↗ linked to trace 0af7651916cd43dd8448eb211c80319c
`;
