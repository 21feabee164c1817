import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canaryOf, environment } from './testing/environment';
import { all } from './testing/services';
import { synthesize } from './synth';

// Whole files as they are, so that a change of the charts shows in a review as what it does to manifests.
// `npm run golden` writes them again.

const SOURCE = environment({ hosts: { edge: ['api.example.com'] }, headerRouting: false }, canaryOf('users'));

const synthesized = synthesize(all, SOURCE);

test.each(['edge.yaml', 'users.yaml'])('%s is as it was', (name) => {
  const file = join(__dirname, 'golden', name);
  const text = synthesized.get(name) ?? '';
  if (process.env['WEFT_GOLDEN'] === 'write') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
});
