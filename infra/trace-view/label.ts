import type { Colors } from '../terminal/terminal';
import { cut, printable, shorten, widthOf } from '../terminal/width';
import type { Row } from './rows';

/** How the parts of a label are painted. */
export interface LabelPaint {
  colors: Colors;
  ofService: (name: string) => (text: string) => string;
}

/**
 * The label before a bar: the tree, the service if it differs from the row above, an arrow for a client span, and the
 * name, shortened to fit.
 */
export function formatLabel(row: Row, width: number, { colors, ofService }: LabelPaint): string {
  const { service, name, arrow, times, isError } = labelParts(row);
  const left = width - widthOf(row.guide) - widthOf(arrow) - widthOf(times);
  // Too narrow for separate parts.
  if (left < 8 && labelWidth(row) > width) return cut(`${row.guide}${arrow}${service || name}${times}`, width);
  // The name matters more than the service, but the first letters of the service must remain.
  const shownService = shorten(
    service,
    Math.max(Math.min(6, left - 2), Math.floor(left * 0.4), left - widthOf(name) - 1),
  );
  const gap = shownService ? ' ' : '';
  const shownName = shortenName(name, left - widthOf(shownService) - gap.length);
  return [
    colors.dim(row.guide),
    ofService(row.spans[0]?.service ?? '')(shownService),
    gap,
    colors.dim(arrow),
    isError ? colors.red(shownName) : shownName,
    colors.bold(times),
  ].join('');
}

/** The width of a label without shortening. */
export function labelWidth(row: Row): number {
  const { service, name, arrow, times } = labelParts(row);
  return widthOf(row.guide + service + arrow + name + times) + (service ? 1 : 0);
}

function labelParts({ spans, parentService }: Row) {
  const [{ service, name, kind, isError } = { service: '', name: '', kind: 'internal', isError: false }] = spans;
  return {
    service: service === parentService ? '' : printable(service),
    name: printable(name) || '(no name)',
    arrow: kind === 'client' || kind === 'producer' ? '→ ' : '',
    times: spans.length > 1 ? ` × ${spans.length}` : '',
    isError,
  };
}

/** Methods lose their package first: `weft.user.v1.UserInfoService/GetUserInfo` is `UserInfoService/GetUserInfo`. */
function shortenName(name: string, width: number): string {
  if (widthOf(name) <= width) return name;
  const method = /^(?:[\w]+\.)+(\w+\/\w+)$/.exec(name)?.[1] ?? name;
  return shorten(method, width);
}
