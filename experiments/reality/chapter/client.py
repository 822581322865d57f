# client.py: the chapter's text. What is not the chapter's is marked "Ours", with the reason.
import requests
import json
import sys   # Ours
import time  # Ours

# Ours: the port may be given, and a timeout in seconds; the chapter's waits for ever
def send_message(data, port=3000, timeout=None):
    # Synchrone : attend la réponse
    response = requests.post(
        f'http://127.0.0.1:{port}/message',  # Ours: the address, for 'localhost' may be another
        json=data,
        timeout=timeout
    )
    return response.json()

# Ours: the chapter's sendMessageWithRetry, line by line, in Python
def send_message_with_retry(message, max_retries=3, **settings):
    for attempt in range(1, max_retries + 1):
        try:
            return send_message(message, **settings)
        except Exception:
            if attempt == max_retries:
                raise

            # Attente exponentielle : 100ms, 200ms, 400ms
            delay = 0.1 * 2 ** (attempt - 1)
            time.sleep(delay)
            print(f"Retry {attempt}/{max_retries}")

# Usage
if not sys.argv[1:]:  # Ours: calls.py imports this file, and has arguments
    result = send_message({'id': '1', 'content': 'Hello'})
    print(f"Got: {result}")
