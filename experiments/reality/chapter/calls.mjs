// What calls.py does, by the chapter's client.ts (client.mjs is its text without the types).
import fs from 'fs';
import { sendMessageWithRetry } from './client.mjs';

async function call({ port, messages }) {
  for (const message of messages) {
    let said;
    try {
      const { max_retries, ...settings } = asked.settings;
      said = await sendMessageWithRetry(message, max_retries, { port, ...settings });
    } catch (error) {
      said = { id: message.id, error: [error.name, error.code].filter(Boolean).join(': ') };
    }
    console.log(JSON.stringify(said));
  }
}

const asked = JSON.parse(fs.readFileSync(process.argv[2], 'utf-8'));
await Promise.all(asked.clients.map(call));
