// SPDX-License-Identifier: MIT
// An HTTP server under load whose handler keeps requests in a Map for ever, and weak maps, closures
// and typed arrays beside it. Writes a snapshot before and after the load:
//   leaking_server.js OLD NEW
const http = require('node:http');
const v8 = require('node:v8');

class Session {
  constructor(id) {
    this.id = 'session ' + id;
    this.history = [id, { at: id * 1.5 }];
    this.body = new Uint8Array(100);
  }
}
class Registry {
  constructor() {
    this.sessions = new Map();
    this.seen = new WeakMap();
  }
}
const registry = new Registry();

function handle(request, response) {
  const session = new Session(registry.sessions.size);
  registry.sessions.set(request.url, session);
  registry.seen.set(session, { url: request.url, again: () => session });
  response.end(session.id);
}

function ask(port, path) {
  return new Promise((resolve, reject) => {
    http.get({ port, path, agent: false }, (response) => {
      response.resume();
      response.on('end', resolve);
    }).on('error', reject);
  });
}

const server = http.createServer(handle).listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  for (let i = 0; i < 20; i++) await ask(port, '/' + i);
  v8.writeHeapSnapshot(process.argv[2]);
  for (let i = 20; i < 320; i++) await ask(port, '/' + i);
  v8.writeHeapSnapshot(process.argv[3]);
  server.close();
});
