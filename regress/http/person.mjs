// SPDX-License-Identifier: Apache-2.0
// person.mjs: a person at a browser without script, in a few lines: who they are a trusted proxy says.

// A browser without script: it follows what a page says, and keeps its cookies.
export function browserOf(user) {
  const jar = new Map();
  const go = async (url, form) => {
    const answer = await fetch(url, {
      method: form ? 'POST' : 'GET',
      body: form && new URLSearchParams(form),
      redirect: 'manual',
      headers: {
        accept: 'text/html', 'x-remote-user': user,
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
      },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      jar.set(name, value);
    }
    return { status: answer.status, location: answer.headers.get('location'), html: await answer.text() };
  };
  return { go };
}

const unescaped = (text) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
export const hidden = (html) =>
  Object.fromEntries([...html.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, unescaped(value)]));
export const action = (html) => unescaped(/<form method="post" action="([^"]+)"/.exec(html)[1]);
export const onward = (html) => unescaped(/http-equiv="refresh" content="0; url=([^"]+)"/.exec(html)[1]);

// What a person says to what a client asks for at this address ('approve' or 'deny'): the question, and
// where the browser ends.
export async function answered(url, user, decision) {
  const browser = browserOf(user);
  const question = await browser.go(url);
  if (question.location) return { question, end: question.location };
  const back = await browser.go(action(question.html), { ...hidden(question.html), decision });
  return { question, end: back.location ?? onward(back.html) };
}

// What a person says to a device whose code they typed in at the page of the tenant: what they were asked,
// and what they saw then.
export async function letIn(base, user, user_code, step) {
  const browser = browserOf(user);
  const typed = await browser.go(`${base}/device`);
  const question = await browser.go(action(typed.html), { ...hidden(typed.html), user_code, step: 'lookup' });
  const { location } = await browser.go(action(question.html), { ...hidden(question.html), step });
  return { question, end: await browser.go(location) };
}
