import { type DescMethod, type FileRegistry } from '@bufbuild/protobuf';
import { compile, FIRST_LINE, methodsOf } from './testing/compile';
import { describeRuleFaults, type HttpBinding, readHttpRules } from './rules';

const MESSAGES = `
message Book { string name = 1; string title = 2; }
message Request {
  string name = 1; int64 id = 2; bool open = 3; Color color = 4; Book book = 5; repeated string tags = 6;
  map<string, string> labels = 7; google.protobuf.Timestamp at = 8; google.protobuf.StringValue note = 9;
  oneof choice { string left = 10; string right = 11; }
}
enum Color { COLOR_UNSPECIFIED = 0; }
message Reply { Book book = 1; repeated Book books = 2; }
message Empty {}
`;

/** A contract whose methods `M0`, `M1`, … have these rules, from line FIRST_LINE + 1 on, a line each. */
function contract(
  rules: readonly string[],
  methods: (name: string) => string = (name) => `${name}(Request) returns (Reply)`,
) {
  const lines = rules.map((rule, index) => `rpc ${methods(`M${index}`)} { option (google.api.http) = {${rule}}; }`);
  return compile(`service Test {\n${lines.join('\n')}\n}\n${MESSAGES}`);
}

const nameOf = (body: HttpBinding['body']) => (typeof body === 'object' ? body.name : body);

function rows(registry: FileRegistry) {
  return readHttpRules(methodsOf(registry)).bindings.map(({ method, verb, template, body, responseBody }) =>
    [method.name, verb, template.text, nameOf(body), responseBody?.name].filter((each) => each !== undefined).join(' '),
  );
}

test('rules of every kind become bindings', async () => {
  const registry = await contract([
    'get: "/v1/a"',
    'put: "/v1/a" body: "*"',
    'post: "/v1/a" body: "book"',
    'delete: "/v1/a"',
    'patch: "/v1/{book.name=shelves/*/books/*}" body: "book" response_body: "book"',
    'custom: {kind: "HEAD" path: "/v1/b"}',
    'custom: {kind: "*" path: "/v1/b"}',
    'get: "/v1/c/{id}" additional_bindings: {get: "/v1/d/{name}" response_body: "books"} additional_bindings: {post: "/v1/d" body: "*"}',
    'get: "/v1/e/{open}/{color}/{at}/{note}/{left}"',
    'delete: "/v1/f" body: "*"',
    'post: "/v1/g" body: "tags"',
  ]);
  expect(describeRuleFaults(methodsOf(registry))).toEqual([]);
  expect(rows(registry)).toEqual([
    'M0 GET /v1/a',
    'M1 PUT /v1/a *',
    'M2 POST /v1/a book',
    'M3 DELETE /v1/a',
    'M4 PATCH /v1/{book.name=shelves/*/books/*} book book',
    'M5 HEAD /v1/b',
    'M6 * /v1/b',
    'M7 GET /v1/c/{id}',
    'M7 GET /v1/d/{name} books',
    'M7 POST /v1/d *',
    'M8 GET /v1/e/{open}/{color}/{at}/{note}/{left}',
    'M9 DELETE /v1/f *',
    'M10 POST /v1/g tags',
  ]);
});

test('methods without a rule have no binding', async () => {
  const registry = await compile('service Test { rpc Get(Empty) returns (Empty); }\nmessage Empty {}');
  expect(readHttpRules(methodsOf(registry))).toEqual({ bindings: [], faults: [] });
});

/** Each rule, and the faults that it has. */
const FAULTS: [string, string[]][] = [
  ['', ['write one of get, put, post, delete, patch or custom']],
  ['body: "*"', ['write one of get, put, post, delete, patch or custom']],
  ['get: "v1/a"', ['the path "v1/a" cannot be routed: character 1: begin it with a slash']],
  ['get: "/v1/{a"', ['the path "/v1/{a" cannot be routed: character 5: close this "{" with "}"']],
  ['get: "/v1/{shelf_id}"', ['the path sets shelf_id, but test.Request has no field shelf_id: it has name, id, open,']],
  ['get: "/v1/{book.shelf}"', ['the path sets book.shelf, but test.Book has no field shelf: it has name, title']],
  ['get: "/v1/{name.x}"', ['the path sets name.x, but name has no fields']],
  ['get: "/v1/{tags.x}"', ['the path sets tags.x, but tags has no fields']],
  ['get: "/v1/{tags}"', ['the path sets tags, which is a list; a path can only set single values']],
  ['get: "/v1/{labels}"', ['the path sets labels, which is a map; a path can only set single values']],
  ['get: "/v1/{book}"', ['the path sets book, which is a message; set its fields instead, as in {book.<field>}']],
  ['get: "/v1/{name}/{name}"', ['the path sets name more than once']],
  ['get: "/v1/{left}/{right}"', ['the path sets left and right, but the oneof choice allows only one']],
  ['post: "/v1/a" body: "update"', ['the body is update, but test.Request has no field update: it has name']],
  ['post: "/v1/a" body: "book.name"', ['the body is book.name, but test.Request has no field book.name']],
  ['post: "/v1/{name}" body: "name"', ['both the path and the body set name']],
  ['get: "/v1/a" body: "*"', ['GET cannot have a body; leave it out, or use post']],
  ['custom: {kind: "HEAD" path: "/v1/a"} body: "*"', ['HEAD cannot have a body; leave it out, or use post']],
  ['get: "/v1/a" response_body: "boo"', ['response_body is boo, but test.Reply has no field boo: it has book, books']],
  ['custom: {kind: "FETCH" path: "/v1/a"}', ['the kind "FETCH" is not an HTTP method; write "*" or one of']],
  ['custom: {kind: "report" path: "/v1/a"}', ['the kind "report" is not an HTTP method']],
  ['custom: {kind: "OPTIONS" path: "/v1/a"}', ['OPTIONS is answered by the gateway itself']],
  [
    'post: "/v1/{shelf}/{tags}" body: "update" response_body: "boo"',
    ['the path sets shelf, but', 'the path sets tags, which', 'the body is update, but', 'response_body is boo, but'],
  ],
  [
    'get: "/v1/z" additional_bindings: {get: "/v1/y" additional_bindings: {get: "/v1/x"}}',
    ['additional_bindings cannot have additional_bindings; write them beside each other'],
  ],
  ['get: "/v1/w" additional_bindings: {get: "w"}', ['the path "w" cannot be routed']],
];

describe('faults', () => {
  const told: { line: number | undefined; method: string; fault: string; file: string }[] = [];
  let methods: DescMethod[];

  beforeAll(async () => {
    methods = methodsOf(await contract(FAULTS.map(([rule]) => rule)));
    told.push(...readHttpRules(methods).faults);
  });

  test.each(FAULTS.map(([rule, faults], index) => ({ rule, faults, index })))('of {$rule}', ({ faults, index }) => {
    const mine = told.filter(({ method }) => method === `test.Test.M${index}`);
    expect(mine).toEqual(
      faults.map((fault) => expect.objectContaining({ fault: expect.stringContaining(fault) as string }) as object),
    );
    for (const { file, line } of mine) expect([file, line]).toEqual(['test/test.proto', FIRST_LINE + 1 + index]);
  });

  test('are told all at once, by file, line, method and rule', () => {
    const lines = describeRuleFaults(methods);
    expect(lines).toHaveLength(FAULTS.flatMap(([, faults]) => faults).length);
    expect(lines[2]).toBe(
      `proto/test/test.proto:${FIRST_LINE + 3}: google.api.http of test.Test.M2: get: "v1/a": ` +
        'the path "v1/a" cannot be routed: character 1: begin it with a slash',
    );
  });

  test('of one binding leave the others', () => {
    const paths = readHttpRules(methods).bindings.map(({ template }) => template.text);
    expect(paths).toEqual(['/v1/z', '/v1/w']);
  });

  test('have no line where the descriptors have none', () => {
    for (const { parent } of methods) delete parent.file.proto.sourceCodeInfo;
    expect(readHttpRules(methods).faults[0]).toMatchObject({ file: 'test/test.proto', line: undefined });
  });
});

test('two routes for the same requests are a fault, whatever their fields are called', async () => {
  const registry = await contract([
    'get: "/v1/{name}" additional_bindings: {get: "/v1/{id}"}',
    'post: "/v1/{name}"',
    'get: "/v1/{name=*}"',
    'get: "/v1/shelves/{name}"',
    'get: "/v1/{name=shelves/*}"',
  ]);
  const { bindings, faults } = readHttpRules(methodsOf(registry));
  const place = (line: number) => `(proto/test/test.proto:${FIRST_LINE + line})`;
  expect(faults.map(({ rule, fault }) => [rule, fault])).toEqual([
    ['get: "/v1/{id}"', `this route takes the same requests as GET /v1/{name} of test.Test.M0 ${place(1)}`],
    ['get: "/v1/{name=*}"', `this route takes the same requests as GET /v1/{name} of test.Test.M0 ${place(1)}`],
    [
      'get: "/v1/{name=shelves/*}"',
      `this route takes the same requests as GET /v1/shelves/{name} of test.Test.M3 ${place(4)}`,
    ],
  ]);
  expect(bindings).toHaveLength(3);
});

test.each([
  ['in both directions', 'post: "/v1/a" body: "*"', 'stream Request', 'stream Reply', 'a method with streams in both'],
  ['of requests without a body', 'post: "/v1/a"', 'stream Request', 'Reply', 'a stream of requests needs a body'],
])('a stream %s is a fault', async (_, rule, input, output, fault) => {
  const registry = await contract([rule], (name) => `${name}(${input}) returns (${output})`);
  expect(describeRuleFaults(methodsOf(registry))).toEqual([expect.stringContaining(fault)]);
});
