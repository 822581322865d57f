// client.ts: the chapter's text. What is not the chapter's is marked "Ours", with the reason.
import http from 'http';

// Ours: the port may be given, and a timeout in seconds; the chapter's waits for ever
function sendMessage(data: any, { port = 3000, timeout = 1e6 } = {}): Promise<any> {
  return new Promise((resolve, reject) => {
    const postData = JSON.stringify(data);

    const options = {
      hostname: '127.0.0.1', // Ours: 'localhost' may be another address
      port,
      method: 'POST',
      path: '/message',
      headers: {
        'Content-Type': 'application/json',
        // Ours: without a length Node sends the body in chunks, and server.py asks for a length
        'Content-Length': Buffer.byteLength(postData)
      },
      signal: AbortSignal.timeout(1000 * timeout) // Ours
    };

    const req = http.request(options, (res) => {
      let body = '';
      res.on('data', chunk => body += chunk);
      res.on('end', () => resolve(JSON.parse(body)));
    });

    req.on('error', reject);
    req.write(postData);
    req.end();
  });
}

async function sendMessageWithRetry(
  message: any,
  maxRetries = 3,
  settings = {} // Ours
): Promise<any> {
  for (let attempt = 1; attempt <= maxRetries; attempt++) {
    try {
      return await sendMessage(message, settings);
    } catch (error) {
      if (attempt === maxRetries) throw error;

      // Attente exponentielle : 100ms, 200ms, 400ms
      const delay = 100 * Math.pow(2, attempt - 1);
      await new Promise(r => setTimeout(r, delay));
      console.log(`Retry ${attempt}/${maxRetries}`);
    }
  }
}

// Usage : attend la réponse
if (process.argv.length < 3) { // Ours: calls.mjs imports this file, and has arguments
  sendMessage({ id: '1', content: 'Hello' })
    .then(response => console.log('Got:', response));
}

export { sendMessageWithRetry }; // Ours
