"""The built-in model where a server speaks for it: the playground's model stand, which can fail as real ones do."""

from agent.builtin import BuiltinModel
from agent.openai_client import OpenAIClient


class BuiltinVia(OpenAIClient):
    """Asks at `address` and tells people what the built-in model tells them."""

    label = BuiltinModel.label

    def __init__(self, address: str) -> None:
        super().__init__(BuiltinModel.name, base_url=address, via=address)
        self.host = BuiltinModel.host
