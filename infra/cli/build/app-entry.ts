import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { PLATFORM } from './platform';
import type { Project } from './project';

/** The entry point that {@link appEntry} makes. */
export const APP = 'weft:charts';

/** Makes the entry point of a project's charts: Weft's own, its list of services, and the settings of its environments. */
export function appEntry(project: Project): Plugin {
  return {
    name: 'weft',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^weft:charts$/ }, ({ path }) => ({ path, namespace: 'weft' }));
      onLoad({ filter: /^/, namespace: 'weft' }, () => ({ contents: appSource(project), resolveDir: project.root }));
    },
  };
}

function appSource({ root, environments }: Project): string {
  const names = environmentNames(join(root, environments));
  return [
    `import { createSynth } from ${quote(join(PLATFORM, 'charts/app'))};`,
    "import { services } from './services';",
    ...names.map(
      (name, index) => `import { settings as of${index} } from ${quote(`./${environments}/${name}/settings`)};`,
    ),
    `const settings = { ${names.map((name, index) => `${quote(name)}: of${index}`).join(', ')} };`,
    'export const synth = createSynth({ services, settings });',
  ].join('\n');
}

function quote(text: string): string {
  return JSON.stringify(text);
}

/** The folders that have settings, sorted. */
function environmentNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'settings.ts')))
    .sort();
}
