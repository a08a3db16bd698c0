// SPDX-License-Identifier: Apache-2.0
// memory.mjs: oidc-provider's own in-memory adapter. It forgets all but a thousand rows as it comes, with
// which most codes and tokens would be unknown when they are asked for: here it keeps what it is given.
import MemoryAdapter from '../../regress/http/node_modules/oidc-provider/lib/adapters/memory_adapter.js';
import LRU from '../../regress/http/node_modules/oidc-provider/lib/helpers/lru.js';

export async function open() {
  const store = new LRU({ maxSize: 10_000_000 });
  return { adapter: (model) => new MemoryAdapter(model, store), seed: (fill) => fill() };
}
