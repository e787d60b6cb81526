"""Somebody without a browser: asks the dashboard's server for pages as a browser does."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE = 60  # seconds for one answer


def connected(base: str) -> websockets.connect:
    """One tab's connection to the server whose pages are at `base`."""
    address = f"ws://{urlsplit(base).netloc}/_stcore/stream"
    protocol = websockets.Subprotocol("streamlit")
    return websockets.connect(address, subprotocols=[protocol], max_size=None)


async def answer(
    connection: websockets.ClientConnection, state: ClientState
) -> AsyncIterator[ForwardMsg]:
    """What the server sends from the question to the end of the run that answers it.

    TimeoutError where that takes longer than PATIENCE.
    """
    await connection.send(BackMsg(rerun_script=state).SerializeToString())
    async with asyncio.timeout(PATIENCE):
        while True:
            received = await connection.recv()
            assert isinstance(received, bytes)
            message = ForwardMsg.FromString(received)
            if (
                message.WhichOneof("type") == "script_finished"
                and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            ):
                return
            yield message
