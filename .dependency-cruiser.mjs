// Which way imports may point: ARCHITECTURE.md explains the table. Tests, benches and `testing/` may import anything.
const TEST = String.raw`\.(test|soak|bench)\.ts$|/testing/|^services/kit/bench/`;
const DECLARATION = '^services/kit/declaration/';
const SERVICE = '^services/[^/]+/service[.]ts$';
const FAULTS = '^services/kit/faults/';
const NAMES = '^services/kit/telemetry/names[.]ts$';

/**
 * The first row whose files match holds. `$1` in `may` is what the group in `files` matched. Every file may import
 * `services/kit/faults`, the form in which every check reports what it finds.
 */
const TABLE = [
  { files: '^proto/', may: ['^proto/'], because: 'contracts know nothing of what uses them' },
  { files: FAULTS, may: [FAULTS], because: 'it stands alone' },
  { files: '^services/kit/declaration/', may: [DECLARATION, '^proto/'], because: 'a declaration is pure data' },
  { files: '^services/kit/', may: ['^services/kit/', '^proto/'], because: 'the kit knows no service' },
  { files: '^services/index[.]ts$', may: [SERVICE], because: 'the list is declarations only' },
  { files: SERVICE, may: [DECLARATION, '^proto/', SERVICE], because: 'a declaration is pure data' },
  {
    files: '^services/([^/]+)/',
    may: ['^services/$1/', '^services/kit/', '^proto/', SERVICE],
    because: 'a service knows only the declarations of others',
  },
  {
    files: '^charts/',
    may: ['^charts/', DECLARATION, '^proto/http/', '^infra/mesh/', '^observability/'],
    because: 'charts work for any declaration, and route HTTP as contracts say',
  },
  {
    files: '^observability/',
    may: [
      '^observability/',
      DECLARATION,
      '^services/kit/telemetry/(names|duration-bounds)[.]ts$',
      '^proto/http/',
      '^infra/mesh/',
    ],
    because: 'observability works for any declaration',
  },
  { files: '^infra/(mesh|terminal|embedded-mongodb|package)/', may: ['^infra/$1/'], because: 'it stands alone' },
  { files: '^infra/local/', may: ['^infra/(local|mesh|xds)/'], because: 'what runs comes from the manifests' },
  {
    files: '^infra/telemetry/',
    may: ['^infra/(telemetry|mesh)/', '^proto/', NAMES],
    because: 'the telemetry store knows OTLP and no service',
  },
  {
    files: '^infra/(verify|xds|rollout|cluster)/',
    may: ['^infra/$1/', '^infra/mesh/'],
    because: 'it works on any manifests',
  },
  {
    files: '^infra/(trace-view|metrics-view)/',
    may: ['^infra/$1/', '^infra/terminal/', NAMES],
    because: 'views show telemetry from any source',
  },
  {
    files: '^infra/telemetry-query/',
    may: ['^infra/(telemetry-query|trace-view|metrics-view)/'],
    because: 'it asks any Jaeger and Prometheus',
  },
  {
    files: '^infra/cli/',
    may: ['^infra/', '^proto/', '^services/kit/', '^observability/'],
    because: 'commands are thin, and synth is one export of the built charts away',
  },
];

const rows = TABLE.map(({ files, may, because }, index) => ({
  name: `imports of ${files}`,
  comment: because,
  severity: 'error',
  from: { path: files, pathNot: [TEST, ...TABLE.slice(0, index).map((row) => row.files)] },
  to: { path: '^(proto|services|charts|observability|infra)/', pathNot: [...may, FAULTS] },
}));

export default {
  forbidden: [
    ...rows,
    {
      name: 'no import cycles',
      comment: 'types included',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'every folder has a row',
      severity: 'error',
      from: {
        path: '^(proto|services|charts|observability|infra)/',
        pathNot: [TEST, ...TABLE.map(({ files }) => files)],
      },
      to: {},
    },
    {
      name: 'production code does not import tests',
      severity: 'error',
      from: { pathNot: TEST },
      to: { path: TEST },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^proto/gen/'] },
    includeOnly: '^(proto|services|charts|observability|infra)/',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
