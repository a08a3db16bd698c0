// SPDX-License-Identifier: Apache-2.0
// reporter.mjs: results of node:test as regress/run counts them: one line for each test, flat.
const line = ({ name, nesting, details }, word, path) => {
  path.length = nesting;
  return `${word} - ${[...path, name].join(': ')}\n`;
};

const reason = (error) => `${(error.cause?.stack ?? error.message).replace(/^/gm, '#   ')}\n`;

export default async function* reporter(events) {
  const path = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') path[data.nesting] = data.name;
    const suite = data?.details?.type === 'suite';
    // A suite that is skipped reports none of its tests.
    if (type === 'test:pass' && (!suite || data.skip !== undefined)) {
      const skipped = data.skip === undefined ? '' : ` # SKIP ${data.skip}`;
      yield line(data, 'ok', path).replace(/\n$/, `${skipped}\n`);
    }
    // What a test tells; what node:test itself does is not nested.
    if (type === 'test:diagnostic' && data.nesting > 0) yield `# ${data.message}\n`;
    // Of a suite that failed by its tests, and of tests that its hook took along, is told already.
    const told = ['subtestsFailed', 'cancelledByParent'];
    if (type === 'test:fail' && !told.includes(data.details.error.failureType)) {
      yield line(data, 'not ok', path) + reason(data.details.error);
    }
  }
}
