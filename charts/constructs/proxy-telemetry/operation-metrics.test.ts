import { run } from '@bufbuild/cel';
import { environment } from '../../testing/environment';
import { resourcesOf } from '../../testing/manifests';
import { all } from '../../testing/services';

interface Spec {
  selector: object;
  metrics: { overrides: { match: { metric: string }; tagOverrides: Record<string, { value: string }> }[] }[];
}

function specsOf(service: string, policy: 'audit' | 'enforce' = 'enforce'): Spec[] {
  const resources = resourcesOf(service, all, environment({ policy }));
  return resources.filter(({ kind }) => kind === 'Telemetry').map(({ spec }) => spec as unknown as Spec);
}

/** The value of the label, by an evaluator of CEL. `re.extract` is Envoy's own, so the path itself stands for it. */
function operationOf(service: string, path: string): unknown {
  const value = specsOf(service)[0]?.metrics[0]?.overrides[0]?.tagOverrides['request_operation']?.value ?? '';
  expect(value).toContain('re.extract(request.url_path, "^/(.*)$", "\\\\1")');
  const expression = value.replace(/re\.extract\((request\.url_path), .*\)(?= :)/, '$1');
  return run(expression, { request: { url_path: path } });
}

test('requests and their durations count by method', () => {
  const [spec, ...others] = specsOf('search');
  expect(others).toEqual([]);
  expect(spec?.selector).toEqual({ matchLabels: { app: 'search' } });
  const metrics = spec?.metrics[0]?.overrides.map(({ match }) => match.metric);
  expect(metrics).toEqual(['REQUEST_COUNT', 'REQUEST_DURATION']);
});

test.each([
  ['/weft.rag.v1.RagSearchService/Search', '/weft.rag.v1.RagSearchService/Search'],
  ['/weft.user.v1.UserInfoService/GetUserInfo', '/weft.user.v1.UserInfoService/GetUserInfo'],
  ['/weft.user.v1.UserInfoService/GetUserInfoBatch', 'other'],
  ['/weft.rag.v1.RagSearchService/search', 'other'],
  ['/', 'other'],
  ['/" ? "a" : "b', 'other'],
])('of a service, what it serves and is declared to call is a value, and nothing else: %s', (path, operation) => {
  expect(operationOf('search', path)).toBe(operation);
});

test('the Telemetry of a workload is its own while policies are only tried', () => {
  expect(specsOf('search', 'audit')).toEqual([]);
});
