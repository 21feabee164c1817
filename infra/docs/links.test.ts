import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { pages, readPage, ROOT } from './testing/pages';

interface Link {
  readonly file: string;
  readonly anchor: string;
}

/** Links to files of the project, outside of code. */
function linksOf(page: string): Link[] {
  const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor = ''] = target.split('#');
      return { file: path === '' ? page : normalize(join(dirname(page), path)), anchor };
    });
}

const prose = (page: string): string => withoutBlocks(page).replace(/`[^`\n]*`/g, '');

const withoutBlocks = (page: string): string => readPage(page).replace(/^\s*(`{3,})[^]*?^\s*\1$/gm, '');

/** The anchors of headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const anchors: string[] = [];
  for (const [, heading = ''] of withoutBlocks(page).matchAll(/^#+ (.*)$/gm)) {
    const anchor = anchorOf(heading);
    const same = anchors.filter((each) => each.replace(/-\d+$/, '') === anchor).length;
    anchors.push(same === 0 ? anchor : `${anchor}-${same}`);
  }
  return anchors;
}

const anchorOf = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

test.each(pages())('every link of %s leads somewhere', (page) => {
  for (const { file, anchor } of linksOf(page)) {
    expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
    if (anchor !== '') expect(anchorsOf(file)).toContain(anchor);
  }
});

test.each([
  ['README.md', /^docs\/[^/]+$/],
  ['ARCHITECTURE.md', /^docs\/decisions\//],
])('%s leads to every page in %s', (page, folder) => {
  const linked = linksOf(page).map(({ file }) => file);
  expect(linked).toEqual(expect.arrayContaining(pages().filter((each) => folder.test(each))));
});
