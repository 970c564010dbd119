// Stately's own server and receiver, in a process of their own, since they cannot be closed:
// prints one line of JSON for every event that arrives.
import { createServer } from 'node:net';
import { createWebSocketReceiver } from '@statelyai/inspect';
import { createInspectorServer } from '@statelyai/inspect/server';

const free = createServer();
free.listen(0, '127.0.0.1', () => {
  const { port } = free.address();
  free.close(() => {
    createInspectorServer({ port, autoOpen: false, url: 'about:blank' });
    const receiver = createWebSocketReceiver({ server: `ws://127.0.0.1:${port}` });
    receiver.subscribe((event) => console.log(JSON.stringify(event)));
    console.log(JSON.stringify({ port }));
  });
});
