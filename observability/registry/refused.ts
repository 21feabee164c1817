/** Attributes that Weft never sends, since they could carry what people wrote, or what lets somebody in. */
export interface RefusedAttribute {
  /** Attributes by name; `*` stands for anything. */
  readonly name: string;
  readonly because: string;
}

const QUERY = 'it has the text of a query';
const HEADERS = 'headers carry tokens';
const SENTENCE = 'sentences of errors quote requests and documents';
const PATH = 'variables of a path are fields of a request; http.route has the template';

/** What is refused, by name. */
export const REFUSED: readonly RefusedAttribute[] = [
  { name: 'db.query.text', because: QUERY },
  { name: 'db.query.parameter.*', because: 'it has what a query asked for' },
  { name: 'db.statement', because: QUERY },
  { name: 'grpc.error_message', because: SENTENCE },
  { name: 'error.message', because: SENTENCE },
  { name: 'exception.message', because: SENTENCE },
  { name: 'exception.stacktrace', because: SENTENCE },
  { name: 'rpc.*metadata.*', because: 'metadata carries tokens' },
  { name: 'http.request.header.*', because: HEADERS },
  { name: 'http.response.header.*', because: HEADERS },
  { name: 'http.request.body*', because: 'it has a payload' },
  { name: 'http.response.body*', because: 'it has a payload' },
  { name: 'url.query', because: 'people search for what stands in it' },
  { name: 'url.full', because: PATH },
  { name: 'url.path', because: PATH },
  { name: 'http.url', because: PATH },
  { name: 'http.target', because: PATH },
  { name: 'client.address', because: 'it is the address of a person' },
  { name: 'user_agent.original', because: 'any client may write anything in it' },
  { name: 'user.*', because: 'it says who a person is' },
  { name: 'enduser.*', because: 'it says who a person is' },
  { name: 'session.*', because: 'it says who a person is' },
  { name: 'process.command*', because: 'arguments carry passwords' },
  { name: 'process.environment_variable.*', because: 'variables carry passwords' },
];

/** What no name of an attribute may say, whoever made it up. */
const SECRET = /(^|[._])(email|password|passwd|secret|token|authorization|cookie|credential)s?($|[._])/i;

const PATTERNS = REFUSED.map(({ name, because }) => {
  const parts = name.split('*').map((part) => part.replaceAll('.', '[.]'));
  return { pattern: new RegExp(`^${parts.join('.*')}$`), because };
});

/** @returns why an attribute is refused, or nothing where it is not */
export function whyRefused(name: string): string | undefined {
  if (SECRET.test(name)) return 'its name says that it is secret, or who a person is';
  return PATTERNS.find(({ pattern }) => pattern.test(name))?.because;
}
