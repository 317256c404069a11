"""How often customers are read."""

from pydantic import BaseModel, ConfigDict, Field

READ = "customers.read"


class CustomersSettings(BaseModel):
    """The section `[customers]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    read_every_h: float = Field(default=24.0, ge=1, le=168)
    """Hours between two full readings; events are heard in between."""
