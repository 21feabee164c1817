import { spawnSync } from 'node:child_process';
import { load } from 'js-yaml';
import { parse } from 'yaml';

/** Reads a file of one document. @throws Error when it cannot */
export type YamlReader = (text: string) => unknown;

/** The reader that kubectl has, built from `kubectl-yaml/` beside this file. */
const KUBECTL = process.env['WEFT_GO_YAML'];

if (KUBECTL === undefined)
  process.stderr.write(
    'SKIPPED: the reader of YAML that kubectl has; with Go, build it in infra/mesh/testing/kubectl-yaml ' +
      '(go build -o <file> .) and set WEFT_GO_YAML to that file.\n',
  );

function readAsKubectl(text: string): unknown {
  const { status, stdout, stderr, error } = spawnSync(KUBECTL ?? '', { input: text, encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(stderr);
  return JSON.parse(stdout) as unknown;
}

/** Readers of YAML that do not agree on what an unquoted scalar is. */
export const YAML_READERS: [name: string, read: YamlReader][] = [
  ['YAML 1.2', (text) => parse(text) as unknown],
  ['YAML 1.1', (text) => parse(text, { version: '1.1' }) as unknown],
  ['js-yaml', (text) => load(text)],
  ...(KUBECTL === undefined ? [] : [['kubectl', readAsKubectl] as [string, YamlReader]]),
];
