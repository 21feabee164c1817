import { html } from './markup';

test.each([
  ['text', html`<p>${'a < b & "c"'}</p>`, '<p>a &lt; b &amp; &quot;c&quot;</p>'],
  ['an attribute', html`<p title="${`" onclick='x'`}"></p>`, '<p title="&quot; onclick=&#39;x&#39;"></p>'],
  ['a number', html`<p>${7}</p>`, '<p>7</p>'],
  ['markup', html`<p>${html`<b>${'<'}</b>`}</p>`, '<p><b>&lt;</b></p>'],
  ['a list of markup', html`<p>${[html`<i></i>`, html`<b></b>`]}</p>`, '<p><i></i><b></b></p>'],
  ['a backslash', html`<p>\\d${'\\n'}</p>`, '<p>\\d\\n</p>'],
])('%s is safe', (_, markup, expected) => {
  expect(markup.html).toBe(expected);
});
