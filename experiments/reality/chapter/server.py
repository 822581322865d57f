# server.py: the chapter's text. What is not the chapter's is marked "Ours", with the reason.
from http.server import HTTPServer, BaseHTTPRequestHandler
import json
import sys   # Ours
import time  # Ours

class MessageHandler(BaseHTTPRequestHandler):
    def do_POST(self):
        if self.path == '/message':
            content_length = int(self.headers['Content-Length'])
            post_data = self.rfile.read(content_length)
            message = json.loads(post_data.decode())

            print(f"Received: {message}")

            # Ours: a server that works, for as many seconds as the message says
            time.sleep(message.get('work', 0))

            # Renvoyer la réponse (synchrone)
            response = json.dumps({'status': 'processed', 'id': message['id']})
            self.send_response(200)
            self.send_header('Content-Type', 'application/json')
            self.end_headers()
            self.wfile.write(response.encode())

# Ours: more than 5 requests may wait for it; what is beyond, Linux drops without a word
HTTPServer.request_queue_size = 128

# Ours: the port may be given (0: a free one). And the address, for 'localhost' may be another
port = int(sys.argv[1]) if sys.argv[1:] else 3000
server = HTTPServer(('127.0.0.1', port), MessageHandler)
print(f"Server on :{server.server_port}")
server.serve_forever()
