import { addToIndex, namesOf, templates } from './new-templates';

test.each([
  ['billing', { constant: 'billing', type: 'Billing', proto: 'billing' }],
  ['order-history', { constant: 'orderHistory', type: 'OrderHistory', proto: 'order_history' }],
  ['a1-b2-c3', { constant: 'a1B2C3', type: 'A1B2C3', proto: 'a1_b2_c3' }],
])('the name %s has all the forms that code wants', (service, forms) => {
  expect(namesOf(service)).toEqual({ service, ...forms });
});

test.each([
  '',
  'Billing',
  'order_history',
  'order history',
  '-billing',
  'billing-',
  'order--history',
  '1st',
  'order-2nd',
  'order.history',
  '../billing',
  'billing/v1',
  'bïlling',
  'b'.repeat(64),
])('"%s" is refused as a name, with an example of one', (name) => {
  expect(() => namesOf(name)).toThrow(
    `"${name}" cannot name a service; write lower-case words with dashes, for example order-history`,
  );
});

test('a name may be as long as a DNS label', () => {
  expect(namesOf('b'.repeat(63)).type).toHaveLength(63);
});

test.each([
  ['a word of the language', ['class', 'delete', 'await', 'package', 'eval', 'arguments', 'undefined']],
  ['a name that modules have already', ['module', 'jest', 'constructor']],
  ['a name that the templates import', ['run', 'serve', 'test', 'expect', 'root-call', 'define-service']],
  ['a name that the templates declare', ['calls', 'client', 'handlers', 'reply', 'stop']],
  [
    'a folder of Weft, or a bundle that it makes',
    ['kit', 'services', 'charts', 'mongodb', 'telemetry', 'telemetry-store'],
  ],
  ['a package that contracts refer to', ['buf', 'google', 'weft']],
])('%s is reserved', (_, names) => {
  for (const name of names) expect(() => namesOf(name)).toThrow(`"${name}" is a reserved word; choose another name`);
});

test('every name that a template imports or declares is reserved', () => {
  const names = [...templates(namesOf('zzz'), { protoPackage: 'acme', kit: 'weft-mesh/kit' })]
    .filter(([file]) => file.endsWith('.ts'))
    .flatMap(([, text]) => [...text.matchAll(/(?:import|const) (?:type )?(?:\{ (.+?) \}|(\w+))/g)])
    .flatMap(([, several, one]) => (several ?? one ?? '').split(', '))
    .filter((name) => /^[a-z]/.test(name) && !/zzz/i.test(name));
  expect(names).toEqual(expect.arrayContaining(['defineService', 'rootCall', 'run', 'client', 'calls']));
  for (const name of names)
    expect(() => namesOf(name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))).toThrow('reserved word');
});

test.each([
  ['weft', 'proto/weft/order_history/v1/order_history.proto', 'package weft.order_history.v1;'],
  ['acme.shop', 'proto/acme/shop/order_history/v1/order_history.proto', 'package acme.shop.order_history.v1;'],
])('a contract lies where its package says, below %s', (protoPackage, path, declared) => {
  const files = templates(namesOf('order-history'), { protoPackage, kit: 'weft-mesh/kit' });
  expect(files.get(path)).toContain(declared);
  const generated = path.replace(/^proto/, 'proto/gen').replace('.proto', '_pb');
  expect(files.get('services/order-history/service.ts')).toContain(`from '../../${generated}'`);
});

describe('services/index.ts', () => {
  const head = "import { gateway } from './gateway/service';\n";
  const added = "import { orderHistory } from './order-history/service';\n";
  const imports = (...names: string[]) =>
    names.map((name) => `import { ${name} } from './${name}/service';\n`).join('');
  const add = (index: string) => addToIndex(index, namesOf('order-history'));
  const long = Array.from({ length: 9 }, (_, n) => `serviceNumber${n}`);

  test.each<[string, string, string]>([
    [
      'in one line',
      `${head}\nexport const services = [gateway];\n`,
      `${head}${added}\nexport const services = [gateway, orderHistory];\n`,
    ],
    ['that is empty', '\nexport const services = [];\n', `${added}\nexport const services = [orderHistory];\n`],
    [
      'that has no imports yet',
      '/** All. */\nexport const services = [];\n',
      `${added}\n/** All. */\nexport const services = [orderHistory];\n`,
    ],
    [
      'that gets longer than a line',
      `${imports(...long.slice(0, 7))}\nexport const services = [${long.slice(0, 7).join(', ')}];\n`,
      `${imports(...long.slice(0, 7))}${added}\nexport const services = [\n${long
        .slice(0, 7)
        .map((name) => `  ${name},\n`)
        .join('')}  orderHistory,\n];\n`,
    ],
    [
      'in several lines',
      `${head}\n/** All. */\nexport const services = [\n  gateway, // the edge\n  greeter,\n];\n\nexport const more = [1];\n`,
      `${head}${added}\n/** All. */\nexport const services = [\n  gateway, // the edge\n  greeter,\n  orderHistory,\n];\n\nexport const more = [1];\n`,
    ],
  ])('%s has the new service as well', (_, index, changed) => {
    expect(add(index)).toBe(changed);
  });

  test('without a list to add to is an error', () => {
    expect(() => add(`${head}\nexport const all = [gateway];\n`)).toThrow(
      'services/index.ts has no "export const services = [...]" to add to',
    );
  });
});
