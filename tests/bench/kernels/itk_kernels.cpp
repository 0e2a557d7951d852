#include "itk_kernels.hpp"

#include <itkAffineTransform.h>
#include <itkConnectedComponentImageFilter.h>
#include <itkDiscreteGaussianImageFilter.h>
#include <itkFlatStructuringElement.h>
#include <itkGrayscaleMorphologicalOpeningImageFilter.h>
#include <itkImage.h>
#include <itkLinearInterpolateImageFunction.h>
#include <itkMultiThreaderBase.h>
#include <itkResampleImageFilter.h>
#include <itkSignedMaurerDistanceMapImageFilter.h>
#include <itkSmoothingRecursiveGaussianImageFilter.h>

namespace calcinode::bench {
namespace {

template <class Value>
using Image = itk::Image<Value, 3>;
using Hu = Image<std::int16_t>;

itk::Size<3> size_of(std::array<int, 3> size) {
    return {{static_cast<itk::SizeValueType>(size[0]), static_cast<itk::SizeValueType>(size[1]),
             static_cast<itk::SizeValueType>(size[2])}};
}

// An image over values that are ours. The filters here do not write to their input.
template <class Values, class Value = typename Values::value_type>
typename Image<Value>::Pointer wrapped(const Values& values, std::array<int, 3> size,
                                       std::array<double, 3> spacing = {1, 1, 1}) {
    auto image = Image<Value>::New();
    image->SetRegions(size_of(size));
    image->SetSpacing(spacing.data());
    image->GetPixelContainer()->SetImportPointer(const_cast<Value*>(values.data()), values.size());
    return image;
}

template <class Filter>
auto run(Filter& filter) {
    filter.Update();
    using Output = typename Filter::OutputImageType;
    const typename Output::Pointer image = filter.GetOutput();
    image->DisconnectPipeline();
    const auto count = image->GetBufferedRegion().GetNumberOfPixels();
    return ItkResult<typename Output::PixelType>{std::make_shared<typename Output::Pointer>(image),
                                                 {image->GetBufferPointer(), count}};
}

}  // namespace

void set_itk_threads(unsigned threads) {
    itk::MultiThreaderBase::SetGlobalMaximumNumberOfThreads(threads);
    itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(threads);
}

ItkResult<std::int32_t> itk_components(const std::vector<std::uint8_t>& mask, std::array<int, 3> size) {
    using Filter = itk::ConnectedComponentImageFilter<Image<std::uint8_t>, Image<std::int32_t>>;
    const auto filter = Filter::New();
    filter->SetInput(wrapped(mask, size));
    filter->FullyConnectedOff();
    return run(*filter);
}

ItkResult<float> itk_distance_mm(const std::vector<std::uint8_t>& mask, std::array<int, 3> size,
                                 std::array<double, 3> spacing_mm) {
    using Filter = itk::SignedMaurerDistanceMapImageFilter<Image<std::uint8_t>, Image<float>>;
    const auto filter = Filter::New();
    filter->SetInput(wrapped(mask, size, spacing_mm));
    filter->UseImageSpacingOn();
    filter->SquaredDistanceOff();
    return run(*filter);
}

ItkResult<std::int16_t> itk_discrete_gaussian(const kernels::Block& in, double sigma) {
    const auto filter = itk::DiscreteGaussianImageFilter<Hu, Hu>::New();
    filter->SetInput(wrapped(in.values, in.size));
    filter->SetVariance(sigma * sigma);
    filter->SetUseImageSpacing(false);
    return run(*filter);
}

ItkResult<std::int16_t> itk_recursive_gaussian(const kernels::Block& in, double sigma) {
    const auto filter = itk::SmoothingRecursiveGaussianImageFilter<Hu, Hu>::New();
    filter->SetInput(wrapped(in.values, in.size));
    filter->SetSigma(sigma);
    return run(*filter);
}

ItkResult<std::int16_t> itk_resample(const kernels::Block& in, const kernels::Affine& at,
                                     std::array<int, 3> size) {
    const auto transform = itk::AffineTransform<double, 3>::New();
    itk::Matrix<double, 3, 3> matrix;
    for (unsigned a = 0; a < 3; ++a)
        matrix(0, a) = at.step[a].x, matrix(1, a) = at.step[a].y, matrix(2, a) = at.step[a].z;
    transform->SetMatrix(matrix);
    const double first[3] = {at.first.x, at.first.y, at.first.z};
    transform->SetOffset(itk::Vector<double, 3>(first));

    const auto filter = itk::ResampleImageFilter<Hu, Hu>::New();
    filter->SetInput(wrapped(in.values, in.size));
    filter->SetTransform(transform);
    filter->SetInterpolator(itk::LinearInterpolateImageFunction<Hu, double>::New());
    filter->SetSize(size_of(size));
    filter->SetDefaultPixelValue(kernels::outside_hu);
    return run(*filter);
}

ItkResult<std::int16_t> itk_open(const kernels::Block& in, unsigned radius) {
    using Ball = itk::FlatStructuringElement<3>;
    const auto filter = itk::GrayscaleMorphologicalOpeningImageFilter<Hu, Hu, Ball>::New();
    filter->SetInput(wrapped(in.values, in.size));
    filter->SetKernel(Ball::Ball(Ball::RadiusType::Filled(radius)));
    filter->SafeBorderOff();  // nothing counts beyond the edges, as with us; and it is quicker
    return run(*filter);
}

}  // namespace calcinode::bench
