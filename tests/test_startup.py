"""What the server does once: its connections send at once."""

import socket

from dashboard.startup import prepare_server


def test_a_connection_to_a_listening_server_sends_at_once() -> None:
    prepare_server.clear()
    with socket.socket() as listening:  # as Streamlit makes its own: TCP by default, not by name
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert not listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        prepare_server()
        with socket.create_connection(listening.getsockname()):
            connection, _ = listening.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
