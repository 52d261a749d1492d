"""The CIFAR-10 residual networks of He, Zhang, Ren & Sun, "Deep Residual Learning for Image Recognition", 2016, section 4.2.

A 3 x 3 convolution, three stages of n blocks with 16, 32 and 64 channels at 32, 16 and 8 pixels, global average pooling
and a linear classifier: 6n + 2 weighted layers. Shortcuts have no weights (option A): where a stage begins, every second
pixel is taken and the new channels are zero.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.functional import pad, relu


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions with batch normalisation, added to the block's input."""

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels_out)
        self.stride = stride
        self.new_channels = channels_out - channels_in

    def forward(self, x: Tensor) -> Tensor:
        residual = self.bn2(self.conv2(relu(self.bn1(self.conv1(x)))))
        return relu(residual + self.shortcut(x))

    def shortcut(self, x: Tensor) -> Tensor:
        x = x[:, :, :: self.stride, :: self.stride]
        # Half of the new channels before the old ones and half after, as the checkpoints' authors have it.
        return pad(x, (0, 0, 0, 0, self.new_channels // 2, self.new_channels // 2)) if self.new_channels else x


class CifarResNet(nn.Module):
    """Images (n, 3, 32, 32) to logits (n, classes); ``stem`` is the output of the first convolution, normalised and rectified."""

    def __init__(self, blocks_per_stage: int, classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.stem = nn.ReLU()
        self.layer1 = self._stage(16, 16, blocks_per_stage, stride=1)
        self.layer2 = self._stage(16, 32, blocks_per_stage, stride=2)
        self.layer3 = self._stage(32, 64, blocks_per_stage, stride=2)
        self.linear = nn.Linear(64, classes)

    @staticmethod
    def _stage(channels_in: int, channels_out: int, blocks: int, stride: int) -> nn.Sequential:
        first = ResidualBlock(channels_in, channels_out, stride)
        return nn.Sequential(first, *(ResidualBlock(channels_out, channels_out, 1) for _ in range(blocks - 1)))

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean(dim=(2, 3)))


def resnet20(classes: int = 10) -> CifarResNet:
    """Three blocks a stage, 0.27 million parameters."""
    return CifarResNet(3, classes)


def resnet56(classes: int = 10) -> CifarResNet:
    """Nine blocks a stage, 0.85 million parameters."""
    return CifarResNet(9, classes)
